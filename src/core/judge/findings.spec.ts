import { describe, expect, it } from 'vitest';
import { Finding } from '../../api/diagnosis.ts';
import { Evidence } from '../../api/evidence.ts';
import { catalogue } from './catalogue.ts';
import { ALWAYS_SYMPTOMS, findingStories } from './finding-stories.ts';
import { CONTEXT, healthyEvidence } from './fixtures.ts';
import { judge } from './judge.ts';

describe('findings', () => {
  it('finds nothing in a healthy cluster', () => {
    const judgement = judge(healthyEvidence(), CONTEXT);
    expect(judgement.findings).toEqual([]);
    expect(judgement.health).toBe('healthy');
    expect(judgement.hops.map((hop) => hop.verdict)).toEqual([
      'good',
      'good',
      'good',
      'good',
      'good',
      'good',
    ]);
    expect(judgement.hops.map((hop) => hop.onward)).toEqual([
      'carries',
      'carries',
      'carries',
      'carries',
      'carries',
      'end',
    ]);
    expect(judgement.hops.map((hop) => hop.word)).toEqual([
      '38 ms',
      'DEPLOYED',
      'CONNECTED',
      'CONNECTED',
      '48 msg/s',
      'live',
    ]);
  });

  it('has a story for every code of the catalogue, and none for others', () => {
    expect(new Set(findingStories.map((one) => one.code))).toEqual(
      new Set(catalogue.map((item) => item.code)),
    );
    expect(catalogue.length).toBeGreaterThanOrEqual(60);
  });

  it.each(findingStories.filter((one) => !ALWAYS_SYMPTOMS.has(one.code)))(
    '$code: $story',
    ({ code, evidence }) => {
      expect(Evidence.safeParse(evidence).success).toBe(true);
      const { findings } = judge(evidence, CONTEXT);
      for (const finding of findings) expect(Finding.safeParse(finding).success).toBe(true);
      const found = findings.find((finding) => finding.code === code);
      expect(found).toBeDefined();
      const roots = findings.filter((finding) => finding.followsFrom === undefined);
      const causes =
        found?.severity === 'info'
          ? roots.filter((finding) => finding.severity === 'info')
          : roots.filter((finding) => finding.severity !== 'info');
      expect(causes.map((finding) => finding.code)).toEqual([code]);
    },
  );

  it.each(findingStories.filter((one) => ALWAYS_SYMPTOMS.has(one.code)))(
    '$code, a symptom: $story',
    ({ code, evidence }) => {
      const found = judge(evidence, CONTEXT).findings.find((finding) => finding.code === code);
      expect(found?.followsFrom).toMatch(/^MT-B-/);
    },
  );

  it('says in words what is wrong, what follows and what to press', () => {
    for (const { code, evidence } of findingStories) {
      const found = judge(evidence, CONTEXT).findings.find((finding) => finding.code === code);
      expect(found?.summary).toMatch(/^[A-Z“].*\.$/);
      expect(found?.meaning).toMatch(/\.$/);
      expect(found?.remedies.length).toBeGreaterThan(1);
      expect(found?.facts.length).toBeGreaterThan(0);
      expect(found?.facts.every((fact) => fact.text !== '')).toBe(true);
    }
  });

  it('never shows the token of a Broker address', () => {
    const told = findingStories.map(({ evidence }) => JSON.stringify(judge(evidence, CONTEXT)));
    expect(told.join('')).not.toContain('secret-token');
  });
});
