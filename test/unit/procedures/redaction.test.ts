import { describe, expect, test } from 'vitest';
import { parseJsonObject } from '../../../src/domain/json.ts';
import {
  rememberedArguments,
  rememberedText,
  rememberedValue,
} from '../../../src/procedures/redaction.ts';

describe('a text that is remembered', () => {
  test.each([
    'login --password hunter2',
    'psql --bad --password hunter2 -d x',
    'login -password hunter2',
    'login --password "hunter2"',
    "login --password='hunter2'",
    'deploy --api-key hunter2 --force',
    '["login","--token","hunter2"]',
    String.raw`{"args":"[\"--token\", \"hunter2\"]"}`,
    'Connect-Server -Password hunter2',
    'curl -u bob:hunter2 http://x.example',
    'curl -ubob:hunter2 http://x.example',
    'curl --user bob:hunter2 http://x.example',
    'curl --user=bob:hunter2 http://x.example',
    'http -a x; curl --proxy-user "bob:hunter2"',
    'mysql -uroot -phunter2 shop',
    'docker exec db /usr/bin/mysqldump -phunter2 shop',
    'sshpass -p hunter2 ssh bob@x',
    'sshpass -phunter2 ssh bob@x',
    'docker login -u bob -p hunter2 registry.example',
    'redis-cli -a hunter2 ping',
    'unzip -P hunter2 a.zip',
    'redis://:hunter2@x.example/0',
    'postgres://bob:hunter2@x.example/db',
    'Passwort: hunter2',
    'Mein Passwort ist hunter2',
    'mi contraseña es hunter2',
    'mot de passe : hunter2',
    'мой пароль hunter2',
    '我的密码是hunter2',
    '密码：hunter2',
    'パスワードはhunter2です',
    '비밀번호: hunter2',
    "'password' => 'hunter2'",
    '<password>hunter2</password>',
    "CREATE USER bob IDENTIFIED BY 'hunter2'",
    'API key: hunter2',
    'my api key is hunter2',
    'Pay with 4111 1111 1111 1111 please',
    '4111-1111-1111-1111',
    '4111111111111111',
    'amex 3782 822463 10005',
  ])('nothing of %s is', (text) => {
    expect(rememberedText(text)).toBe('[redacted]');
  });

  test.each([
    'run --token-limit 100',
    'a password reset, and a token refresh',
    'unknown option --password',
    'the option --password is missing, and --token must be given',
    'Unknown flag --password\nUsage: login [--password <password>]',
    'docker login -u bob --password-stdin registry.example',
    'psql --no-password shop',
    'login --password $PASSWORD',
    'login --password --verbose',
    'docker run -u 1000:1000 -p 8080:80 image',
    'docker exec -u www-data:www-data app ls',
    'python -u http://x.example',
    'mysql -P 3306 -u root -p shop',
    'mkdir -p /srv/app; mysql; mkdir -pv a',
    'das Passwort ist falsch, la contraseña es incorrecta',
    'palabra clave: hoteles',
    'order 4111 1111 1111 1112',
    'at 1700000000000, in 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1',
    '0.4111111111111111',
    '+4111111111111111',
    'the card 4111 1111',
    '<title>hunter2</title>',
  ])('all of %s is', (text) => {
    expect(rememberedText(text)).toBe(text);
  });

  test('takes time by its length at most, whatever it is made of', () => {
    const units = ['-', '--password ', '-u a:', '"', '4111-', 'mysql -', '密码', '<a ', '://'];
    const startMs = performance.now();
    for (const unit of units) {
      const long = unit.repeat(1_000_000 / unit.length);
      rememberedText(long);
      rememberedArguments({ long, list: [long, long] });
    }
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });
});

describe('arguments that are remembered', () => {
  test.each<object>([
    { contraseña: 'hunter2' },
    { 'contrasen\u0303a': 'hunter2' },
    { пароль: 'hunter2' },
    { motDePasse: 'hunter2' },
    { senha: 'hunter2' },
    { 密码: 'hunter2' },
    { clave: 'hunter2' },
    { list: [{ k: 'password', v: 'hunter2' }] },
    { list: [{ Key: 'contraseña', Value: 'hunter2' }] },
    { list: [{ name: 'API key', value: 'hunter2' }] },
    { args: ['login', '--password', 'hunter2', '-v'] },
    { args: ['curl', '-u', 'bob:hunter2', 'http://x.example'] },
    { args: ['mysql', '-phunter2'] },
    { args: ['set', 'password', 'hunter2'] },
    { headers: ['X-Auth-Token', 'hunter2', 'A', 'b'] },
    { headers: ['A', 'b', 'X-Auth-Token', 'hunterz'] },
    { 'login --password hunter2': true },
    { nested: { 'https://bob:hunter2@x.example': 1 } },
    { amount: 4_111_111_111_111_111 },
  ])('nothing of %j is that is a credential', (args) => {
    const kept = JSON.stringify(rememberedArguments(parseJsonObject(args, 'args')));
    expect(kept).toContain('[redacted]');
    expect(kept).not.toMatch(/hunter|4111/);
  });

  test.each<object>([
    { token_limit: 100, password_length: 12, token_type: 'x' },
    { columns: ['id', 'password', 'email'], tags: ['auth', 'login', 'card'] },
    { clave_producto: 'A-7', label: 'How to reset a password', value: 'x' },
    { args: ['docker', 'run', '-p', '8080:80'], order: 4_111_111_111_111_112 },
  ])('all of %j is', (args) => {
    expect(rememberedArguments(parseJsonObject(args, 'args'))).toEqual(args);
  });

  test('what was remembered is remembered as it is', () => {
    const once = rememberedValue({ args: ['--password', 'hunter2'], note: 'Passwort: hunter2' });
    expect(rememberedValue(once)).toEqual(once);
    expect(rememberedText(JSON.stringify(once))).toBe(JSON.stringify(once));
  });
});
