import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../src/domain/redaction/redactor.ts';

const redactor = createRedactor({ key: new Uint8Array(32).fill(9) });
const masked = (text: string): string => redactor.text(text).replaceAll(/\[secret:[0-9a-f]{6}\]/g, '§');

const RANDOM = 'q9Xz7LmN4pRt8VwY2sKd6';

describe('a value under a name that speaks of a secret', () => {
  it.each([
    [`api_key = ${RANDOM}`, 'api_key = §'],
    [`export DB_PASSWORD='a b c'`, `export DB_PASSWORD='§'`],
    [`password: hunter2`, 'password: §'],
    [`{"clientSecret":"${RANDOM}"}`, '{"clientSecret":"§"}'],
    [`{"a":"{\\"client_secret\\":\\"${RANDOM}\\"}"}`, '{"a":"{\\"client_secret\\":\\"§\\"}"}'],
    [`{"config.ini": "X_TOKEN=${RANDOM}\\nBACKUP=true"}`, '{"config.ini": "X_TOKEN=§\\nBACKUP=true"}'],
    [`<accessToken>\n  ${RANDOM}\n</accessToken>`, '<accessToken>\n  §\n</accessToken>'],
    [`<add key="ClearTextPassword" value="pa55" />`, '<add key="ClearTextPassword" value="§" />'],
    [`authToken := "${RANDOM}"`, 'authToken := "§"'],
    [`"token" => "${RANDOM}"`, '"token" => "§"'],
    [`$token .= "${RANDOM}"`, '$token .= "§"'],
    [`TOKEN ::= "${RANDOM}"`, 'TOKEN ::= "§"'],
    [`TOKEN ?= "${RANDOM}"`, 'TOKEN ?= "§"'],
    [`System.setProperty("APP_TOKEN", "${RANDOM}")`, 'System.setProperty("APP_TOKEN", "§")'],
    [`const apiKey string = "${RANDOM}"`, 'const apiKey string = "§"'],
    [`login --password hunter2 --user bob`, 'login --password § --user bob'],
    [`https://example.com/x?a=1&access_token=${RANDOM}&b=2`, 'https://example.com/x?a=1&access_token=§&b=2'],
    [`acme token - '${RANDOM}'`, `acme token - '§'`],
    [`new acme app token EU = '${RANDOM}'`, `new acme app token EU = '§'`],
    [`- name: DB_PASSWORD\n  value: hunter2`, '- name: DB_PASSWORD\n  value: §'],
    [`"name": "DB_PASSWORD",\n "value": "hunter2"`, '"name": "DB_PASSWORD",\n "value": "§"'],
    [`name = "API_KEY"\nsecret_value = "${RANDOM}"`, 'name = "API_KEY"\nsecret_value = "§"'],
    ['Authorization: Bearer abc123def456', 'Authorization: Bearer §'],
    [`curl -H "X-Api-Key: ${RANDOM}" https://example.com`, 'curl -H "X-Api-Key: §" https://example.com'],
    ['Cookie: sid=abc123def; theme=dark', 'Cookie: §'],
    ['token: 1c73ff35-2415-4c58-8712-3d24f00cbe2a', 'token: §'],
  ])('%j is masked', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it('is masked wherever else the text repeats it', () => {
    expect(masked('secret=rb1nz5xhues\nfar away, rb1nz5xhues again')).toBe('secret=§\nfar away, § again');
  });
});

describe('a secret in a form of its own', () => {
  it.each([
    [`ghp_${'a1B2'.repeat(9)}`, '§'],
    ['AKIAQ3EGTLXR7PZBWMNK', '§'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.hxhGCCCmGV9nT1slief1WgEsOsfdnlVizNrODxfh1M8', '§'],
    ['postgres://u:p%40ss@db/x?sslmode=require', 'postgres://u:§@db/x?sslmode=require'],
    ['redis://:hunter2@cache:6379/0', 'redis://:§@cache:6379/0'],
    ["curl -sS -u 'api:d2LkV78zLx!t' https://example.com", "curl -sS -u 'api:§ https://example.com"],
    ['https://hooks.slack.com/services/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', 'https://hooks.slack.com/§'],
    [
      '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIBkg4LVWM9nuwNSk3yByxZpYRTBnVJk5GkMrNW3yPFfW\n-----END EC PRIVATE KEY-----\n',
      '§\n',
    ],
    [
      '"-----BEGIN PRIVATE KEY-----\\nMHcCAQEEIBkg4LVWM9nuwNSk3yByxZpYRTBnVJk5\\n-----END PRIVATE KEY-----\\n"',
      '"§\\n"',
    ],
    ['cut off: -----BEGIN RSA PRIVATE KEY-----\nMIIEpQIBAAKCAQEAn6/O8li', 'cut off: §'],
    ['client GN.7Q~4AkLZBNEbz4Jxlm~O5G6SsyFxYg6zMR', 'client §'],
  ])('%j is masked', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it('is masked in every value of a Secret, and of nothing else in the list', () => {
    const list = [
      'items:',
      '- apiVersion: v1',
      '  data:',
      '    a: aGVsbG8=',
      '    b: |',
      '      one',
      '      two',
      '  kind: Secret',
      '- kind: ConfigMap',
      '  data:',
      '    kept: value',
      '',
    ].join('\n');
    expect(masked(list)).toBe(list.replace('aGVsbG8=', '§').replace('one\n      two', '§'));
  });

  it('is masked in a Secret in JSON, escaped quotes and all', () => {
    expect(masked('[{"kind":"Secret","data":{"a":"x\\"yz","b":"YWI="}},{"data":{"k":"v"}}]')).toBe(
      '[{"kind":"Secret","data":{"a":"§","b":"§"}},{"data":{"k":"v"}}]',
    );
  });
});

/** Lines as real clusters, clouds and hosts write them. */
const ORDINARY = [
  'image: registry.example.com/team/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'uid: 3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  'name: nginx-deployment-66b6c48dd5-7x2kp',
  'resourceVersion: "184467440"',
  'arn:aws:iam::123456789012:role/eks-node-group-Role-1A2B3C4D5E6F',
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf',
  'i-0abcd1234ef567890 vpc-0f00ed71e3b56f8ae eni-0123456789abcdef0',
  '2026-11-20T17:42:39.123456789Z INFO starting controller v1.2.3+build.20261120',
  'secretName: my-tls-secret',
  'tokenExpirationSeconds: 3607',
  'automountServiceAccountToken: false',
  'secretKeyRef: {name: db-credentials, key: password}',
  'passwordPolicy: strict',
  'token_type: Bearer',
  'password: ${DB_PASSWORD}',
  'password: {{ .Values.db.password }}',
  'password: <password>',
  'token: xxxxxxxxxxxxxxxx',
  'password: "********"',
  'api_key = os.environ["API_KEY"]',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 ECDHE-RSA-AES128-GCM-SHA256',
  'run r-7K3M9QX2VBNT plan p-0123456789AB finding f-ZXCVBNMASDFG',
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3v0mF0j5x4H8cW3tF6m1a2b3c4d5e6f7g8h9i0jklm root@host',
  'Accepted publickey for root from 10.0.0.5 port 51234 ssh2: ED25519 SHA256:8uXk3l0Zs9Qm1v5Jm0vQ2c5q4r3ZpYxWnT7bLdKfGhI',
  'commit 9c1185a5c5e9fc54612808977ee8f548b2258d31',
  'integrity: sha512-ZkD35Mx92acjB2yNJgziGqT9oKHEOxjTBTDRpOsRWtdecL/0jM3z5kM/CTzHWvHIen1GvkM85p6TuFfDGfc8/Q==',
  'Nov 20 17:42:39 host sshd[1234]: Failed password for invalid user admin from 10.1.2.3 port 51234 ssh2',
  'E1120 17:42:39.123456 981 pod_workers.go:1298] "Error syncing pod" pod="prod/api-7d9c5b8f4d-x2x9z" podUID="3f2504e0-4f89-11d3-9a0c-0305e82c3301"',
  '10.0.0.1 - - [20/Nov/2026:17:42:39 +0000] "GET /api/v1/users?page=2&sort=name HTTP/1.1" 200 1234 "-" "Mozilla/5.0 (X11; Linux x86_64)" req_id=4f8a9c2d1e3b5a7f9c0d2e4f6a8b0c1d',
  'MountVolume.SetUp failed for volume "kube-api-access-7h4xk" : failed to fetch token: serviceaccounts "default" not found',
  'Error: secret "my-app-secrets-v2" not found',
  'msg="Starting" version="(version=2.45.0, branch=HEAD, revision=8ef767e396bf8445f009f945b0162fd71827f445)"',
  'certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUM1ekNDQWMrZ0F3SUJBZ0lCQURBTkJna3Foa2lHOXcwQkFRc0ZBREFWTVJNd0VRWUQ=',
  '-----BEGIN CERTIFICATE-----\nMIIBdzCCAR2gAwIBAgIUQJ87QZYN3UZkZUVxb9UVT4HH99EwCgYIKoZIzj0EAwIw\nETEPMA0GA1UEAwwGbGFiLWNhMB4XDTI2MTEyMDE2MDQyNloXDTI3MTEyMDE2MDQy\n-----END CERTIFICATE-----',
  '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2m65ZFruBkY7pYoNzObPgcH6330vO8\n-----END PUBLIC KEY-----',
  '- key: node-role.kubernetes.io/control-plane',
  '--service-account-key-file=/etc/kubernetes/pki/sa.pub --tls-private-key-file=/etc/kubernetes/pki/apiserver.key',
  'bearer_token_file: /var/run/secrets/kubernetes.io/serviceaccount/token',
  'pam_unix(cron:session): session opened for user root(uid=0) by root(uid=0)',
  'password must contain at least 8 characters',
  "Enter passphrase for key '/root/.ssh/id_ed25519':",
  'github.com/foo/bar v0.0.0-20210101000000-abcdef123456 h1:bcdWcq8Y8R7hRbdRJrF9C5d1b5Q3m8zT7x4vL2kN0pE=',
  'containerd://3f2504e04f8911d39a0c0305e82c33019f86d081884c7d659a2feaa0c55ad015',
  'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  '"prompt_tokens": 1234, "completion_tokens": 567',
  '"expect": "pass", "findings": 3',
  'checksum/secret: 0f7e6d5c4b3a291807f6e5d4c3b2a1908f7e6d5c8d1c9b8e7f6a5d4c3b2a1908',
  'KmsKeyId: arn:aws:kms:eu-west-1:123456789012:key/3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  '"ClientToken": "terraform-20260304000930505700000003"',
  'WWW-Authenticate: Bearer realm="https://auth.example.com/token",service="registry.example.com"',
  'ii  passwd  1:4.13+dfsg1-1+deb12u1  amd64  change and administer password and group data',
  'PWD=/home/node OLDPWD=/home/node/project',
  'ssh://git@github.com/org/repo.git mailto:someone@example.com',
];

describe('ordinary text', () => {
  it.each(ORDINARY)('%j stays as it is', (line) => {
    expect(redactor.text(line)).toBe(line);
  });

  it('stays as it is when all of it stands together', () => {
    const all = ORDINARY.join('\n');
    expect(redactor.text(all)).toBe(all);
  });
});
