import { publicDetail } from './public-detail.ts';

test('recipients and credentials are left out, the rest stays', () => {
  const text = "550-5.1.1 <jane.doe@corp.example>:\r\n550 5.1.1 user jane.doe unknown, 'To' +12025550123, key s3cret";
  const line = publicDetail(text, ['jane.doe', 's3cret']);
  expect(line).toBe("550-5.1.1 <***>: 550 5.1.1 user *** unknown, 'To' ***, key ***");
});

test('it is one line of bounded length', () => {
  const line = publicDetail(`a\u0000b\n${'x '.repeat(5_000)}`, ['']);
  expect(line).toHaveLength(200);
  expect(line).toMatch(/^a b x x/);
});
