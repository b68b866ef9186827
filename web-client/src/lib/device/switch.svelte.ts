/** Something that the reader switches on and off for this device; it is remembered. */
export class Switch {
  private now = $state(false);
  private readonly stored: string;

  /** Until the reader chooses, it stands as `unasked` says. */
  constructor(name: string, unasked: () => boolean) {
    this.stored = `handprint.${name}`;
    const chosen = this.remembered();
    this.now = chosen === null ? unasked() : chosen === 'on';
  }

  get on(): boolean {
    return this.now;
  }

  set on(value: boolean) {
    this.now = value;
    try {
      localStorage.setItem(this.stored, value ? 'on' : 'off');
    } catch {
      // Storage may be switched off; the choice then lasts until the page is closed.
    }
  }

  private remembered(): string | null {
    try {
      return localStorage.getItem(this.stored);
    } catch {
      return null;
    }
  }
}
