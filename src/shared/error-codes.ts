/**
 * The table of errors, as plain data: the command line reads it too, and must start without loading zod.
 */

/** What a person can do about an error, beyond reading about it. The window and the web UI draw it as a button. */
export const REMEDY_ACTIONS = [
  'retry',
  'connect',
  'configure_provider',
  'unlock_vault',
  'open_settings',
  'open_doctor',
  'open_url',
] as const;
export type RemedyAction = (typeof REMEDY_ACTIONS)[number];

/** Every error code of the product with its usual remedy: a sentence, and where there is one, an action. */
export const ERRORS = {
  // Start and environment
  config_invalid: { remedy: 'Correct the named setting and start again.' },
  data_folder_unusable: { remedy: 'Make the folder writable for your user, or choose another with --data DIR.' },
  disk_full: { remedy: 'Free some space on the disk that holds the data folder, then try again.', action: 'retry' },
  database_corrupt: {
    remedy: 'Restore the file from a backup, or move it away to start afresh; it has not been touched.',
  },
  database_newer: { remedy: 'Start the newer Trackeep Tray that made this data folder.' },
  settings_corrupt: {
    remedy: 'Correct the file, or move it away to start with the defaults; it has not been touched.',
  },
  port_in_use: { remedy: 'Stop the other program, or choose another port with --port or TRACKEEP_PORT.' },
  already_running: { remedy: 'Use the running instance, or stop it first.' },
  app_not_running: { remedy: 'Start it with `trackeep serve` or open the Trackeep Tray app.' },
  demo_unavailable: { remedy: 'Run the demo from a clone of the repository: npm run demo.' },

  // The contract and its doors
  bad_input: { remedy: 'Correct the named field and try again.' },
  not_found: { remedy: 'Reload to see what is there now.' },
  not_permitted: { remedy: 'Use the trackeep command on this machine.' },
  session_required: { remedy: 'Run `trackeep open` for a fresh link to this page.' },
  host_refused: { remedy: 'Use the address that Trackeep Tray printed at its start.' },
  origin_refused: { remedy: 'Open the page from the address that Trackeep Tray printed at its start.' },
  body_too_large: { remedy: 'Send less.' },
  signature_invalid: { remedy: 'Sign the webhook with the secret that Trackeep Tray has for it.' },
  internal: { remedy: 'Look at the log in the data folder and report it.', action: 'open_doctor' },

  // Vault
  vault_locked: { remedy: 'Unlock your keychain and try again.', action: 'unlock_vault' },
  vault_missing: {
    remedy: 'Put the keychain entry back, or disconnect and connect again to start with a new key.',
    action: 'open_doctor',
  },
  vault_denied: { remedy: 'Allow Trackeep Tray to use its keychain entry, then try again.', action: 'unlock_vault' },
  vault_unavailable: {
    remedy: 'Start a Secret Service (such as gnome-keyring), or choose --vault=passphrase or --vault=file.',
    action: 'open_doctor',
  },
  vault_passphrase_wrong: {
    remedy: 'Enter the passphrase that this data folder was made with.',
    action: 'unlock_vault',
  },
  vault_refused: { remedy: 'The record was altered or moved. Reconnect the account it belongs to.', action: 'connect' },

  // Connections
  not_connected: { remedy: 'Connect an account first.', action: 'connect' },
  account_ambiguous: { remedy: 'Name one of the accounts with --account.' },
  needs_reconnect: { remedy: 'Connect the account again.', action: 'connect' },
  provider_not_configured: {
    remedy: 'Enter the client ID of your GitHub App or OAuth app.',
    action: 'configure_provider',
  },
  provider_refused_client: { remedy: 'Check the client ID and secret of your app.', action: 'configure_provider' },
  device_flow_disabled: {
    remedy: "Switch on 'Enable Device Flow' in the settings of your GitHub App.",
    action: 'configure_provider',
  },
  access_denied: { remedy: 'Start again if that was not what you wanted.', action: 'connect' },
  code_expired: { remedy: 'Start again for a fresh code.', action: 'connect' },
  flow_cancelled: { remedy: 'Start again whenever you like.', action: 'connect' },
  state_invalid: { remedy: 'Start again from Trackeep Tray.', action: 'connect' },
  offline: { remedy: 'Check your network; Trackeep Tray keeps trying by itself.', action: 'retry' },
  tls_untrusted: {
    remedy: "Add your organisation's certificate authority to the trust store of the operating system.",
    action: 'retry',
  },
  provider_error: { remedy: 'Nothing is lost; try again in a moment.', action: 'retry' },
  rate_limited: { remedy: 'Trackeep Tray goes on by itself when the time is over.' },
  sso_required: { remedy: 'Authorize the token for your organisation, then try again.', action: 'open_url' },
  forbidden: { remedy: 'Ask the owner for access, or connect an account that has it.' },

  // Approvals
  number_wrong: { remedy: 'Look at the page in the browser again and choose the number that stands there.' },
  approval_over: { remedy: 'Start again in the program that asked, if you still want it.' },

  // Releases
  no_releases: { remedy: 'Nothing to do: there is no release yet.' },
  no_asset: { remedy: 'Download it by hand from the release page.', action: 'open_url' },
  checksum_mismatch: { remedy: 'Try the download again; if it fails again, tell the maintainers.', action: 'retry' },
  download_failed: { remedy: 'Try again: it goes on where it stopped.', action: 'retry' },
} as const satisfies Record<string, { remedy: string; action?: RemedyAction }>;

export type ErrorCode = keyof typeof ERRORS;
