import { nativeTheme } from 'electron';
import type { ContractClient } from '../../shared/contract.ts';
import type { SettingsView } from '../../shared/settings-views.ts';

/** Title bar, menus and the page's first paint follow the colour scheme that the person has chosen. */
export async function setupColorScheme(client: ContractClient): Promise<void> {
  const apply = ({ colorScheme }: SettingsView) => {
    nativeTheme.themeSource = colorScheme === 'auto' ? 'system' : colorScheme;
  };
  client.subscribe(({ event, data }) => {
    if (event === 'settings') apply(data);
  });
  apply(await client.call('settings.get', {}));
}
