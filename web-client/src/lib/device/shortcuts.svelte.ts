const STORED = 'handprint.shortcuts';

let on = $state(read());

function read(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off';
  } catch {
    return true;
  }
}

/**
 * Whether single keys do something on the task screen. People who speak to their device, or whose
 * hands touch keys by accident, have to be able to switch that off.
 */
export const shortcuts = {
  get on(): boolean {
    return on;
  },
  set on(value: boolean) {
    on = value;
    try {
      localStorage.setItem(STORED, value ? 'on' : 'off');
    } catch {
      // Storage may be switched off; the choice then lasts until the page is closed.
    }
  },
};
