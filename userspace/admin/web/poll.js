// One round after the other, as long as somebody may be looking.

const period = 2000; // ms, between the end of a round and the next

// Returns soon(), which starts a round at once or right after the one under way, and pause(whether).
export function startPolling(round) {
  let timer = 0;
  let running = false;
  let again = false;
  let paused = false;

  async function run() {
    clearTimeout(timer);
    if (running) {
      again = true;
      return;
    }
    running = true;
    again = false;
    try {
      await round();
    } catch (error) {
      reportError(error); // a mistake in one round must not be the last of all
    }
    running = false;
    if (again) run();
    else next(period);
  }
  function next(delay) {
    clearTimeout(timer);
    if (!paused && !document.hidden) timer = setTimeout(run, delay);
  }

  document.addEventListener('visibilitychange', () => next(0));
  run();
  return {
    soon: run,
    pause(whether) {
      paused = whether;
      next(0);
    },
  };
}
