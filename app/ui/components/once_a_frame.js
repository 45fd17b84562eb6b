// Drawing at most once a frame, whatever happens in between.

/**
 * @param {() => void} paint
 * @returns {{ ask: () => void, cancel: () => void }} `ask` paints at the next frame, however often it is called
 */
export function onceAFrame(paint) {
  let frame = 0;
  return {
    ask() {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        paint();
      });
    },
    cancel() {
      cancelAnimationFrame(frame);
      frame = 0;
    },
  };
}
