import { Link, useLocation } from 'wouter';
import classes from './connections-nav.module.css';

const PAGES = [
  { path: '/connections', label: 'Accounts' },
  { path: '/connections/github-apps', label: 'GitHub Apps' },
  { path: '/connections/handed-out', label: 'Handed out' },
] as const;

/** The way between the pages about connections. */
export function ConnectionsNav() {
  const [location] = useLocation();
  return (
    <nav aria-label="About connections">
      <ul className={classes.pages}>
        {PAGES.map(({ path, label }) => (
          <li key={path}>
            <Link href={path} className={classes.page ?? ''} aria-current={location === path ? 'page' : undefined}>
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
