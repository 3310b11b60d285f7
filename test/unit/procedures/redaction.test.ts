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
    'https://x.example/?id=1&token=abcdef',
    'curl -d "a=1&password=hunter2" https://x.example',
    'jdbc:mysql://h/db?user=a&password=hunter2',
    'kubectl create secret generic db --from-literal=password=hunter2',
    'mount -o username=a,password=hunter2 //h /m',
    'Database=x;User Id=a;Password=hunter2;',
    '{ id: 1,token: "abcdef" }',
    'error:password=hunter2',
    '<row><id>1<password>hunter2',
    "ALTER USER a PASSWORD 'hunter2'",
    "SET PASSWORD FOR a = 'hunter2'",
    'machine h login a password hunter2',
    'My password is: hunter2',
    'setPassword("hunter2")',
    'hvs.CAESIAbcdefghijk1234',
    'SG.abcdefghijklmnop.abcdefghijklmnopqrstuvwxyz',
    'AGE-SECRET-KEY-1QQQQQQQQQQQQQ',
    'https://hooks.slack.com/services/T0/B0/xx',
    'git clone https://hunter2token@github.com/a/b',
    'password=$ecretHunter2',
    'cvv: 123',
    'auth: abc123',
    'curl -su alice:hunter2 https://x.example',
    'http -a alice:hunter2 https://x.example',
    'redis-cli -ahunter2 ping',
    'mongosh -u a -phunter2',
    'keytool -genkey -storepass hunter2',
    'smbclient //h/s -U alice%hunter2',
    'mysql -u "root" -p"hunter2" shop',
    'mysql -u root \\\n  -phunter2 shop',
    'ls\nsudo -u postgres mysql -phunter2',
    'env A=1 /usr/bin/mysql -phunter2',
    'docker exec -it mysql mysql -phunter2',
    'kubectl exec -it db-0 -- mysql -phunter2',
    'docker exec "db" mysql -phunter2',
    'cat a.sql|mysql -phunter2',
    'root@h:~# mysql -phunter2',
    'Command failed: mysql -phunter2 shop',
    'dump it with mysqldump -phunter2',
    'Please call sshpass -p hunter2 ssh x',
    'bash -c "mysql -phunter2"',
    '["docker","exec","db","mysql","-phunter2"]',
    '[\n  "mysql",\n  "-phunter2"\n]',
    '{"command":"mysql","args":["-u","root","-phunter2"]}',
    'login --password\nhunter2',
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
    'password=$DB_PASSWORD&token=${TOKEN}',
    'password: ****, token: <token>, secret: null',
    'const apiKey = process.env.API_KEY',
    'password: req.body.password, token = tokens.next()',
    'interface Login { password: string; token?: string }',
    '"properties": { "password": { "type": "string" } }',
    '"errors": {"password": ["is too short"]}',
    'password: must have 8 characters',
    'pass: 12, fail: 3, pw: 12px',
    'JsonWebTokenError: jwt malformed',
    'SyntaxError: Unexpected token: punc',
    'fix: auth: redirect to the login',
    'card: { title: "Hello" }, cards: [1,2]',
    'https://shop.example/item?code=A12&key=name',
    'next_page_token: abcdef',
    'com.example.MyVeryLongClassNameForSomething2',
    'packages/Foo1/src/components/Bar/Baz/Qux',
    'npm login\nmkdir -p dist',
    'curl -s https://api.example.com/login\nmkdir -p out',
    'git add src/login\nmkdir -p src/forms',
    'redis-cli ping\nls -a src',
    'mysql shop < schema.sql\npatch -p1 < fix.diff',
    'docker login registry.example\r\nmkdir -p out',
    'gh auth login -p https',
    'ssh login -p 2222 host',
    'docker run --name mysql -p3306:3306 -d mysql:8',
    'docker exec mysql patch -p1',
    'rsync -u host:/srv/app ./app',
    'mvn -U clean:clean install',
    'docker-compose exec -u www-data:www-data php bash',
    'sudo -u deploy:www ls',
    'gunicorn -u www:data app:app',
    'ffmpeg -pass 1 -i in.mp4',
    'mysql -p$MYSQL_PASSWORD shop',
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
    expect(performance.now() - startMs).toBeLessThan(15_000);
  });
});

describe('arguments that are remembered', () => {
  test('hold no secret that is a usual word', () => {
    const args = { password: 'wrong', apiKey: 'text', list: [{ name: 'token', value: 'none' }] };
    const hidden = '[redacted]';
    expect(rememberedArguments(args)).toEqual({
      password: hidden,
      apiKey: hidden,
      list: [{ name: 'token', value: hidden }],
    });
  });

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
    { command: 'mysql', args: ['-u', 'root', '-phunter2'] },
    { command: 'mysql', args: '-u root -phunter2' },
    { cmd: 'sshpass', args: ['-p', 'hunter2'] },
    { program: 'docker', argv: ['login', '-u', 'a', '-p', 'hunter2'] },
    { selector: 'input[name="password"]', text: 'hunter2' },
    { selector: '#password', text: 'hunter2' },
    { element: 'Password field *', text: 'hunter2' },
    { id: 'password', value: 'hunter2' },
    { column: 'password', value: 'hunter2' },
    { op: 'replace', path: '/users/1/password', value: 'hunter2' },
    { name: 'credentials.json', content: 'hunter2' },
    { label: 'PIN', value: 'hunter2' },
    { securityCode: 'hunter2', dbpass: 'hunter2', SMTPPASS: 'hunter2', creds: 'hunter2' },
    { accountKey: 'hunter2', masterKey: 'hunter2', mnemonic: 'hunter2', pincode: 'hunter2' },
    { card: { cvc: 4111 }, auth: ['a', 'hunter2'], password: 'not hunter2' },
    { password: { type: 'string', value: 'hunter2' } },
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
    { auth: null, pin: true, pass: 12, password: '$DB_PASSWORD', card: { title: 'Hello' } },
    { properties: { password: { type: 'string', minLength: 8 } }, required: ['password', 'x1'] },
    { columns: ['id', 'token', 'col1'], tables: ['users', 'cards', 't2'] },
    { labels: ['auth', 'bug'], pages: ['auth', 'bug'] },
    { name: 'token.rs', text: 'fn main() {}' },
    { label: 'Business card', text: 'hello' },
    { key: 'auth', value: true },
    { path: '/src/token', content: 'x' },
    { command: 'mkdir', args: ['-p', 'x'] },
  ])('all of %j is', (args) => {
    expect(rememberedArguments(parseJsonObject(args, 'args'))).toEqual(args);
  });

  test('what was remembered is remembered as it is', () => {
    const once = rememberedValue({ args: ['--password', 'hunter2'], note: 'Passwort: hunter2' });
    expect(rememberedValue(once)).toEqual(once);
    expect(rememberedText(JSON.stringify(once))).toBe(JSON.stringify(once));
  });
});
