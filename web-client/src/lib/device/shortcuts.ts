import { Switch } from './switch.svelte.ts';

/**
 * Whether single keys do something on the task screen. People who speak to their device, or whose
 * hands touch keys by accident, have to be able to switch that off.
 */
export const shortcuts = new Switch('shortcuts', () => true);
