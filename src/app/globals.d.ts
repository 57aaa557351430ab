/** Set by the build: true for the page that runs alone in the browser, over MSW and the sandbox. */
// oxlint-disable-next-line no-underscore-dangle -- the form of a name that the build replaces
declare const __OFFLINE__: boolean;
