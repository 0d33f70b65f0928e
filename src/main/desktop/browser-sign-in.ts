import { contract, type Door } from '../../shared/contract.ts';
import type { ControlDoor } from '../http/control-door.ts';

/**
 * A sign-in through the browser that is begun in the window: main opens the browser, so that the person need not click
 * twice. The other doors cannot; there the page or the terminal shows the link.
 */
export function openingSignIns(
  control: Pick<ControlDoor, 'call'>,
  openLink: (url: string) => void,
): ControlDoor['call'] {
  return async (door: Door, name: string, input: unknown) => {
    const output = await control.call(door, name, input);
    if (name === 'connections.begin') {
      const { authorizationUrl } = contract[name].output.parse(output);
      if (authorizationUrl !== null) openLink(authorizationUrl);
    }
    return output;
  };
}
