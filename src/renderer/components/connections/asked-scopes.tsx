import { Text } from '@mantine/core';
import type { ProviderView } from '../../../shared/connection-views.ts';
import classes from './asked-scopes.module.css';

/** What is asked for at a provider, by the provider's name for it, and what for. */
export function AskedScopes({ scopes }: { scopes: ProviderView['scopes'] }) {
  return (
    <ul className={classes.scopes}>
      {scopes.map(({ name, reason }) => (
        <li key={name} className={classes.scope}>
          <Text ff="monospace" size="sm">
            {name}
          </Text>
          <Text size="sm">{reason}</Text>
        </li>
      ))}
    </ul>
  );
}
