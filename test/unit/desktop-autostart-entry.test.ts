import { describe, expect, it } from 'vitest';
import { autostartEntry, isEntryOn } from '../../src/main/desktop/autostart-entry.ts';

function execOf(command: string[]): string | undefined {
  return /^Exec=(.*)$/m.exec(autostartEntry('Trackeep Tray', command))?.[1];
}

describe('the desktop entry that starts the app at login', () => {
  it('runs the program with its arguments', () => {
    expect(execOf(['/opt/Trackeep Tray/trackeep-tray', '--hidden'])).toBe(
      '"/opt/Trackeep Tray/trackeep-tray" "--hidden"',
    );
  });

  it('keeps special characters literal, by both rules of the specification', () => {
    expect(execOf(['/home/me/100%/app'])).toBe('"/home/me/100%%/app"');
    // One backslash for the quoting rule, doubled by the rule for strings.
    expect(execOf(['/a$b'])).toBe('"/a\\\\$b"');
    expect(execOf(['/a"b`c'])).toBe('"/a\\\\"b\\\\`c"');
    expect(execOf(['/a\\b'])).toBe('"/a\\\\\\\\b"');
  });

  it('is in force as it is written', () => {
    expect(isEntryOn(autostartEntry('Trackeep Tray', ['/x']))).toBe(true);
  });

  it.each(['Hidden=true', 'Hidden = true', 'X-GNOME-Autostart-enabled=false'])(
    'is off when a desktop has set %s',
    (line) => {
      const text = autostartEntry('Trackeep Tray', ['/x']).replace('X-GNOME-Autostart-enabled=true', line);
      expect(isEntryOn(text)).toBe(false);
    },
  );
});
