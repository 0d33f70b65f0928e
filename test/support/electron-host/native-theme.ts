import { EventEmitter } from 'node:events';

type Source = Electron.NativeTheme['themeSource'];

/** A system in its light style, until the app asks for the dark one. */
class NativeTheme
  extends EventEmitter
  implements
    Pick<Electron.NativeTheme, 'themeSource' | 'shouldUseDarkColors' | 'shouldUseDarkColorsForSystemIntegratedUI'>
{
  #source: Source = 'system';
  readonly shouldUseDarkColorsForSystemIntegratedUI = false;

  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark';
  }
  get themeSource(): Source {
    return this.#source;
  }
  set themeSource(source: Source) {
    this.#source = source;
    this.emit('updated');
  }
}

export const nativeTheme = new NativeTheme();
