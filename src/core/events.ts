/**
 * Typed event emitter (eventemitter3). Emit from the outbox or at the very end of a command, never inside a state
 * change: a listener's error escapes into `emit`.
 */
export { EventEmitter } from 'eventemitter3';
