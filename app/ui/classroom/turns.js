// Who may speak to the server: of all that listen on a page, one after the other. Of two runs that begin at once, one
// overtakes the other, and Streamlit's page loses its place ("Bad delta path").

const APART = 400; // milliseconds: until a run that was asked for is seen to run
let spoke = -Infinity;

/**
 * Whether whoever asks may speak now; then nobody else may for a moment.
 * @param {number} now milliseconds
 */
export function maySpeak(now) {
  if (now - spoke < APART) return false;
  spoke = now;
  return true;
}
