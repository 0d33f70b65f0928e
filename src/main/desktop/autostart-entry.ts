/**
 * The desktop entry that starts a program at login (freedesktop.org: Desktop Application Autostart).
 *
 * @param command the program with its arguments
 */
export function autostartEntry(name: string, command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Version=1.5',
    `Name=${name}`,
    `Exec=${command.map(quote).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** Whether an entry is in force: desktops switch one off in one of two ways, and leave the file there. */
export function isEntryOn(text: string): boolean {
  const lines = text.split('\n').map((line) =>
    line
      .replace(/\s*=\s*/, '=')
      .trim()
      .toLowerCase(),
  );
  return !lines.includes('hidden=true') && !lines.includes('x-gnome-autostart-enabled=false');
}

/**
 * One argument of an Exec line. Two rules lie over each other there: the argument is quoted as a shell would have it, and
 * the line is a string value, in which every backslash is doubled; `%` begins a field code.
 */
function quote(argument: string): string {
  const quoted = argument
    .replace(/["`$\\]/g, '\\$&')
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%');
  return `"${quoted}"`;
}
