import { describe, expect, it } from 'vitest';
import { createScreen } from './screen.ts';

const ESC = '\u001B';

function fake(isTTY: boolean, columns?: number) {
  const written: string[] = [];
  return {
    written,
    stream: {
      write: (text: string) => written.push(text),
      isTTY,
      ...(columns === undefined ? {} : { columns }),
    },
  };
}

function screenOn(
  out: ReturnType<typeof fake>,
  err: ReturnType<typeof fake>,
  env: Record<string, string> = {},
) {
  return createScreen({ out: out.stream, err: err.stream }, env);
}

describe('redraw', () => {
  it('draws over what was drawn, line for line, and cuts off what would wrap', () => {
    const out = fake(true, 10);
    const screen = screenOn(out, fake(true));
    screen.redraw('one\ntwo three four');
    screen.redraw('five');
    screen.redraw('six');
    expect(out.written).toEqual(['one\ntwo three…\n', `${ESC}[2A${ESC}[0Jfive\n`, `${ESC}[1A${ESC}[0Jsix\n`]);
  });

  it('appends whole lines, without any code, to a pipe and to a dumb terminal', () => {
    for (const [isTTY, env] of [
      [false, {}],
      [true, { TERM: 'dumb' }],
    ] as const) {
      const out = fake(isTTY, isTTY ? 10 : undefined);
      const screen = screenOn(out, fake(false), env);
      screen.redraw('a line longer than ten');
      screen.redraw('another');
      expect(out.written).toEqual(['a line longer than ten\n', 'another\n']);
    }
  });
});

describe('colours', () => {
  it.each([
    ['a terminal', true, {}, true],
    ['a pipe', false, {}, false],
    ['NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['a dumb terminal', true, { TERM: 'dumb' }, false],
  ])('%s', (_, isTTY, env, hasColour) => {
    expect(screenOn(fake(isTTY), fake(false), env).paint.good('x') !== 'x').toBe(hasColour);
  });
});

describe('progress', () => {
  it('is one line on stderr, and gone before anything else is said', () => {
    const out = fake(true, 80);
    const err = fake(true, 20);
    const screen = screenOn(out, err);
    screen.progress('one');
    screen.progress('a second that is longer than the screen');
    screen.data('data');
    screen.talk('talk');
    screen.progress('');
    expect(err.written).toEqual(['one', `\r${ESC}[2K`, 'a second that is l…', `\r${ESC}[2K`, 'talk\n']);
    expect(out.written).toEqual(['data\n']);
  });

  it('is nothing in a pipe', () => {
    const err = fake(false);
    screenOn(fake(true), err).progress('one');
    expect(err.written).toEqual([]);
  });
});
