import type { Page } from 'playwright';

/**
 * When a text was first on the screen of a page, milliseconds since the epoch; asked before the change is made.
 * Playwright’s own waiting looks again after 20, 50, 100, 100 and then every 500 ms, which is too coarse for a figure:
 * here the page itself looks at each change of its document, and a frame later it is painted. In an object, because a
 * promise of a promise would be awaited at once.
 */
export async function watchForText(
  page: Page,
  text: string,
  timeoutMs: number,
): Promise<{ readonly shown: Promise<number> }> {
  const shown = page.evaluate(whenShown, { text, timeoutMs });
  // Not yet awaited by anybody when it fails early; whoever awaits the result still gets the failure.
  shown.catch(() => undefined);
  // Messages to a page are handled in order: once this is answered, the page is watching.
  await page.evaluate(() => undefined);
  return { shown };
}

/** Runs inside the page: must not use anything from outside itself. */
function whenShown({ text, timeoutMs }: { text: string; timeoutMs: number }): Promise<number> {
  return new Promise((settle, fail) => {
    const isShown = () => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) if (walker.currentNode.nodeValue?.trim() === text) return true;
      return false;
    };
    const timer = setTimeout(() => {
      observer.disconnect();
      fail(new Error(`“${text}” was not shown within ${timeoutMs} ms`));
    }, timeoutMs);
    const look = () => {
      if (!isShown()) return;
      observer.disconnect();
      clearTimeout(timer);
      requestAnimationFrame(() => settle(Date.now()));
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    look();
  });
}
