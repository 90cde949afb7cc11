// What happens in the chat, by long poll, again and again, through restarts of the sandbox.

const LONGEST_POLL = 40_000; // the sandbox answers within 25 seconds
const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 3000;

/** Calls `onNews` with every answer, and `onTrouble` with whether the sandbox is out of reach. */
export async function follow(onNews, onTrouble) {
  let seen = { session: "", revision: 0, status: "" };
  let pause = FIRST_PAUSE;
  for (;;) {
    try {
      const news = await ask(seen);
      onTrouble(false);
      pause = FIRST_PAUSE;
      const restarted = seen.session !== "" && news.session !== seen.session;
      seen = news;
      onNews(news, restarted);
    } catch (error) {
      // A fault of this page shall be seen; only the network is waited for.
      if (!(error instanceof OutOfReach)) throw error;
      onTrouble(true);
      await untilWorthTrying(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }
}

class OutOfReach extends Error {}

async function ask({ session, revision, status }) {
  const query = new URLSearchParams({ session, after: revision, status });
  try {
    const response = await fetch(`/chat/news?${query}`, { signal: AbortSignal.timeout(LONGEST_POLL) });
    if (!response.ok) throw new OutOfReach(`status ${response.status}`);
    return await response.json();
  } catch (error) {
    throw error instanceof OutOfReach ? error : new OutOfReach(String(error));
  }
}

function untilWorthTrying(milliseconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      document.removeEventListener("visibilitychange", done);
      resolve();
    }
    window.addEventListener("online", done);
    document.addEventListener("visibilitychange", done);
  });
}
