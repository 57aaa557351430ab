import { describe, expect, it } from 'vitest';
import { ERROR_STATUS } from '../../api/errors.ts';
import { catalogue } from '../judge/catalogue.ts';
import { FILE_PROBLEMS } from '../kubeconfig/document.ts';
import { REFUSAL_CODES, WARNING_CODES } from '../kubeconfig/upload.ts';
import { CHECK_ERRORS } from './check-errors.ts';
import { kubeconfigReference } from './kubeconfig-code.ts';
import { errorReferences, findErrorReference } from './references.ts';

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

const SERVER = [
  1007, 1011, 1015, 1036, 1037, 1038, 1040, 1050, 1051, 1052, 1060, 1066, 1076, 1095, 1096, 1097, 1118, 1119,
  1120, 1121, 1122, 1123, 1124, 1126, 1139, 1170, 1171, 1172, 1173, 1174, 1175, 1176, 1177, 1178, 1179, 1180,
  1181, 1182, 1183, 1185, 1186, 1187, 1190, 1191, 1192, 1194, 1195, 1199, 1203, 1205, 1209, 1213, 1214, 1215,
  1216, 1217, 1218, 1228, 1241, 1243, 1292, 1293, 1294, 1295, 1296, 1303, 1304, 1305, 1306, 1309, 1312, 1325,
  1326, 1327, 1330, 1331, 1346, 1347, 1349,
];
const CLI = [1060, 1062, 1063, 1064, 1065, 1067, 1068, 1073, 1074, 1075, 1076, 1083, 1084, 1085];
const LIBRARY = [
  11010,
  11011,
  11017,
  ...numbers(11021, 11031),
  11118,
  11119,
  11120,
  11122,
  11141,
  11142,
  11143,
  ...numbers(11190, 11205),
  11319,
  11327,
];

describe('error reference', () => {
  it.each([
    ['meshplay-server', SERVER],
    ['meshplayctl', CLI],
    ['meshkit', LIBRARY],
    ['meshery-operator', numbers(1001, 1021)],
    ['meshsync', numbers(1001, 1015)],
  ])('knows every code of %s', (prefix, codes) => {
    expect(codes.filter((code) => findErrorReference(`${prefix}-${code}`) === undefined)).toEqual([]);
    const own = errorReferences.filter(
      (one) => one.component !== 'check' && one.code.startsWith(`${prefix}-`),
    );
    expect(own.length).toBe(codes.length);
  });

  it('knows every finding of the catalogue', () => {
    for (const item of catalogue) expect(findErrorReference(item.code)?.title).toBe(item.title);
  });

  it('knows every code a request can fail by, with its HTTP status', () => {
    for (const [code, status] of Object.entries(ERROR_STATUS)) {
      expect(findErrorReference(code)?.title, code).toContain(`(HTTP ${status})`);
    }
  });

  it('knows every check of the tests', () => {
    for (const [id, { title }] of Object.entries(CHECK_ERRORS)) {
      expect(findErrorReference(id)).toMatchObject({ component: 'check', title });
    }
  });

  it('knows everything that is said against an uploaded kubeconfig', () => {
    for (const code of [...REFUSAL_CODES, ...FILE_PROBLEMS, ...WARNING_CODES])
      expect(findErrorReference(kubeconfigReference(code)), code).toMatchObject({ component: 'kubeconfig' });
    expect(findErrorReference('kubeconfig-file-path')?.remedy).toContain('--flatten');
  });

  it('has each code once, and says cause and remedy of each', () => {
    expect(new Set(errorReferences.map((one) => one.code)).size).toBe(errorReferences.length);
    for (const one of errorReferences) {
      expect(one.title.length, one.code).toBeGreaterThan(10);
      expect(one.cause, one.code).toMatch(/\.$/);
      expect(one.remedy.length, one.code).toBeGreaterThan(5);
    }
  });

  it.each([
    ['MESHPLAY-SERVER-1040', 'meshplay-server-1040'],
    ['meshery-server-1040', 'meshplay-server-1040'],
    ['mesheryctl-1060', 'meshplayctl-1060'],
    ['Meshplay-Operator-1001', 'meshery-operator-1001'],
    ['meshery-meshsync-1004', 'meshsync-1004'],
    [' mt-b-21 ', 'MT-B-21'],
  ])('finds %s as %s', (asked, code) => {
    expect(findErrorReference(asked)?.code).toBe(code);
  });

  it.each(['', 'meshplay-server-9999', 'meshplay-server-', 'MT-X-01', '1040'])('does not know %j', (code) => {
    expect(findErrorReference(code)).toBeUndefined();
  });
});
