import { SCOPES, type Scope } from '../../shared/scopes.ts';
import { inOrder } from '../words/clients.ts';
import classes from './scope-list.module.css';
import { StateMark } from './state-mark.tsx';

/** What a program may do, in plain words; what gives away more than reading carries a word and a shape that say so. */
export function ScopeList({ scopes, labelledBy }: { scopes: readonly Scope[]; labelledBy?: string }) {
  return (
    <ul className={classes.scopes} aria-labelledby={labelledBy}>
      {inOrder(scopes).map((scope) => (
        <li key={scope} className={classes.scope}>
          <span>{SCOPES[scope].text}</span>
          {SCOPES[scope].sensitive && <StateMark word="Sensitive" shape="triangle" tone="warning" size={16} />}
        </li>
      ))}
    </ul>
  );
}
