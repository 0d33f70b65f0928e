import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { ApprovalBanner } from './approvals/approval-banner.tsx';
import { LinkBanner, VaultBanner } from './banners.tsx';
import { Navigation } from './navigation.tsx';
import classes from './shell.module.css';

/** The frame around every page: skip link, navigation, banners, the page itself. */
export function Shell({ children }: { children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  const [location] = useLocation();
  const previous = useRef(location);

  useEffect(() => {
    const from = previous.current;
    previous.current = location;
    // The first page, and the redirect to it, leave the focus where the browser put it: before the skip link.
    if (from === location || from === '/') return;
    main.current?.scrollTo(0, 0);
    main.current?.querySelector('h1')?.focus({ preventScroll: true });
  }, [location]);

  return (
    <div className={classes.shell}>
      {/* A button, since the fragment that a skip link would set is the router's. */}
      <button type="button" className={classes.skip} onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <Navigation />
      <main ref={main} tabIndex={-1} className={classes.main}>
        <div className={classes.column}>
          <VaultBanner />
          {children}
        </div>
      </main>
      <ApprovalBanner />
      <LinkBanner />
    </div>
  );
}
