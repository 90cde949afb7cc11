// What happens in the chats, by long poll, again and again, through restarts of the sandbox.

const LONGEST_POLL = 40_000; // the sandbox answers within 25 seconds
const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 3000;
const NOTHING_SEEN = { session: "", revision: 0, status: "" };

class OutOfReach extends Error {}

export class News {
  #seen = NOTHING_SEEN;
  #session = "";
  #round = new AbortController();
  #about;

  /** `about` says what to ask for: {as, language}; `as` may be missing at first. */
  constructor(about) {
    this.#about = about;
  }

  /** Asks anew and for everything: somebody else looks on, or in another language. */
  again() {
    this.#seen = NOTHING_SEEN;
    this.#round.abort();
    this.#round = new AbortController();
  }

  /**
   * Calls `onNews` with every answer, whether it is the whole and whether the sandbox was
   * restarted, and `onTrouble` with whether the sandbox is out of reach.
   */
  async follow(onNews, onTrouble) {
    let pause = FIRST_PAUSE;
    for (;;) {
      const round = this.#round;
      try {
        const news = await ask(this.#seen, this.#about(), round.signal);
        if (round.signal.aborted) continue;
        onTrouble(false);
        pause = FIRST_PAUSE;
        const restarted = this.#session !== "" && news.session !== this.#session;
        const whole = restarted || this.#seen.session === "";
        this.#seen = news;
        this.#session = news.session;
        onNews(news, whole, restarted);
      } catch (error) {
        // A fault of this page shall be seen; only the network is waited for.
        if (!(error instanceof OutOfReach)) throw error;
        if (round.signal.aborted) continue;
        onTrouble(true);
        await untilWorthTrying(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  }
}

async function ask({ session, revision, status }, about, aborted) {
  const query = new URLSearchParams({ session, after: revision, status, ...about });
  const signal = AbortSignal.any([aborted, AbortSignal.timeout(LONGEST_POLL)]);
  try {
    const response = await fetch(`/chat/news?${query}`, { signal });
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
