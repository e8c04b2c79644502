import { lines, type Removal } from './removal.ts';

const HTTP = 'test/contract/http.test.ts';
const LIMITS = 'test/contract/http.limits.test.ts';
const MATRIX = 'test/contract/authMatrix.test.ts';
const TOKEN = 'test/unit/bot.channelToken.test.ts';
const KEYS = 'test/unit/bot.channelKeys.test.ts';
const PLACE = 'test/unit/bot.place.test.ts';
const PEOPLE = 'test/unit/people.test.ts';
const GRAMMAR = 'test/unit/commands.grammar.test.ts';
const TEXT = 'test/cards/hostileText.test.ts';
const STRICT_JSON = 'test/unit/strictJson.test.ts';
const PROOF = 'test/unit/secondProof.test.ts';

/** The lines that hold the front door, section by section of the threat model. */
export const FRONT_DOOR: readonly Removal[] = [
  ...lines(
    'HT-1',
    'src/http/server.ts',
    HTTP,
    ['    if (!route) return end(404);\n', '    if (!route) return next();\n'],
    '    if (request.method !== route.method) return end(405);\n',
    "  http.on('upgrade', (_request: IncomingMessage, socket: Socket) => socket.destroy());\n",
  ),
  ...lines(
    'HT-2',
    'src/http/jsonBody.ts',
    HTTP,
    "  if (headers['content-encoding'] !== undefined) return false;\n",
    '  if (!isPlainJson(request)) return refuse(request, 415);\n',
    '      if (size > MAX_BODY_BYTES) finish(413);\n      else ',
  ),
  ...lines('HT-2', 'src/http/jsonBody.ts', LIMITS, ['setTimeout(() => finish(408), timeoutMs)', 'undefined']),
  ...lines('HT-2', 'src/http/strictJson.ts', STRICT_JSON, "      if (open.length > MAX_DEPTH) throw new JsonRefused('nested too deep');\n"),
  ...lines('HT-3', 'src/http/server.ts', HTTP, ['    return await handler(request);\n', '    return handler(request);\n']),
  ...lines(
    'HT-4',
    'src/bot/recent.ts',
    'test/unit/bot.recent.test.ts',
    '    if (this.#entries.size > this.#most && oldest !== undefined) this.#entries.delete(oldest);\n',
  ),
  ...lines('HT-4', 'src/bot/channelToken.ts', TOKEN, ' || token.length > MAX_TOKEN', ' && kid.length <= 256'),
  ...lines('HT-5', 'src/bot/auth.ts', 'test/unit/bot.auth.test.ts', "  error.stack = '';\n"),
  { ...one('HT-5', 'src/app/countedRefusals.ts', '    if (Date.now() - saidAt < QUIET_MS) return;\n', MATRIX), wholeFile: true },
  ...lines(
    'HT-6',
    'src/http/server.ts',
    LIMITS,
    '  http.headersTimeout = limits.headersMs;\n',
    '  http.requestTimeout = limits.requestMs;\n',
    '  http.keepAliveTimeout = limits.idleMs;\n',
    '  http.timeout = limits.silentMs;\n',
    '  http.maxConnections = limits.connections;\n',
    '  limitPerClient(server.server, all.connectionsPerClient, needs.log);\n',
  ),
  ...lines('HT-7', 'src/http/strictJson.ts', STRICT_JSON, 'FORBIDDEN.has(key) || ', ' || keys.has(key)'),

  ...lines(
    'AU-1',
    'src/bot/channelToken.ts',
    TOKEN,
    ['[\\w-]+)$/', '[\\w-]+)/'],
    '      issuer: settings.channel.tokenIssuer,\n',
    'payload.aud === settings.appId && ',
  ),
  ...lines('AU-1', 'src/http/server.ts', MATRIX, [
    '  if ((headersDistinct.authorization?.length ?? 0) < 2) return headers;\n',
    '  if (headersDistinct) return headers;\n',
  ]),
  ...lines('AU-2', 'src/bot/channelToken.ts', TOKEN, "activity.channelId !== 'msteams' || "),
  ...lines('AU-2', 'src/bot/channelKeys.ts', KEYS, " && endorsements.includes('msteams')"),
  ...lines(
    'AU-3',
    'src/bot/channelToken.ts',
    TOKEN,
    ' || !isServiceUrl(activity.serviceUrl)',
    ' && payload.serviceurl === activity.serviceUrl',
  ),
  ...lines('AU-3', 'src/bot/serviceUrls.ts', PLACE, ['url === parsed.origin || url.startsWith(`${parsed.origin}/`)', 'true']),
  ...lines(
    'AU-4',
    'src/bot/auth.ts',
    'test/unit/bot.auth.test.ts',
    "        if (!this.#needs.isServiceUrl(serviceUrl)) return Promise.reject(new Error('the service address is not on the list'));\n",
  ),
  ...lines(
    'AU-4',
    'src/bot/credentials.ts',
    'test/unit/bot.keys.test.ts',
    "        if (!this.#mayReceive(request.url)) throw new Error('the address is not one the bot may send its token to');\n",
  ),
  ...lines(
    'AU-4',
    'src/bot/connectorHttp.ts',
    'test/unit/bot.keys.test.ts',
    "      if (!mayReceive(request.url)) throw new Error('the address is not one the bot may talk to');\n",
  ),
  ...lines('AU-5', 'src/bot/channelToken.ts', TOKEN, "      requiredClaims: ['exp'],\n", '      clockTolerance: SKEW_SECONDS,\n'),
  ...lines('AU-5', 'src/bot/channelKeys.ts', KEYS, [' && (loading || now() - triedAt >= pause)', ''], "redirect: 'error', ", [
    'now() - loadedAt > FRESH_MS || ',
    '',
  ]),
  ...lines(
    'AU-6',
    'src/bot/inbound.ts',
    'test/unit/bot.inbound.test.ts',
    "  if (activity.deliveryMode !== undefined && activity.deliveryMode !== 'normal') return 'refuse';\n",
    'SERVED.has(activity.type) && ',
    ' && isWhole(activity)',
  ),
  ...lines('AU-6', 'src/bot/invokes.ts', MATRIX, ['!action?.via.some((name) => name === via)', 'action === undefined']),
  ...lines('AU-7', 'src/bot/messages.ts', 'test/contract/bot.test.ts', '    if (!first) return;\n'),
  ...lines('AU-7', 'src/bot/invokes.ts', MATRIX, 'earlier ?? ', 'objectIdOf(activity), '),
  ...lines('AU-8', 'src/bot/channelToken.ts', TOKEN, ['  } catch {\n', '  } catch (error) {\n    throw error;\n']),
  ...lines('AU-9', 'src/core/request/tally.ts', PROOF, "  if (request.secondProof && !proof) return 'no-proof';\n"),
  ...lines(
    'AU-9',
    'src/core/request/proof.ts',
    PROOF,
    "  if (now >= ticket.expiresAt) return no({ code: 'proof-invalid', why: 'expired' });\n",
    "  if (actorId(actor) !== ticket.objectId) return no({ code: 'proof-invalid', why: 'other-person' });\n",
    "  if (canonicalJson(ticket.wanted) !== canonicalJson(wanted)) return no({ code: 'proof-invalid', why: 'other-decision' });\n",
  ),
  ...lines('AU-9', 'src/app/door/requests.ts', PROOF, '  if (outcome.ok) await tx.spendTicket(signedIn.ticketHash);\n'),
  ...lines('AU-9', 'src/core/request/tighten.ts', 'test/unit/tighten.test.ts', ' ?? policy.secondProof.includes(request.kind)'),

  ...lines('ID-1', 'src/bot/identity.ts', 'test/unit/bot.identity.test.ts', ['GUID.test(lower) ? lower : undefined', 'lower || undefined']),
  ...lines(
    'ID-2',
    'src/bot/identity.ts',
    'test/unit/bot.identity.test.ts',
    "  if (!isOfTenant(activity, homeTenantId)) return { kind: 'stranger', objectId: objectId ?? 'unknown', why: 'other-tenant' };\n",
    'named.length > 0 && ',
  ),
  ...lines(
    'ID-2',
    'src/graph/people.ts',
    PEOPLE,
    "    if (row.userType !== 'Member') return { ok: false, why: 'guest', name };\n",
    "    if (row.accountEnabled !== true) return { ok: false, why: 'disabled', name };\n",
    "        if (row['@odata.type'] !== undefined && row['@odata.type'] !== '#microsoft.graph.user') return [];\n",
  ),
  ...lines('ID-3', 'src/graph/people.ts', PEOPLE, " || key.trim() === ''", '.trim().toLowerCase()'),
  ...lines('ID-3', 'src/core/request/tally.ts', 'test/unit/tally.test.ts', "  if (counted.has(person.personKey)) return 'repeated';\n"),
  ...lines(
    'ID-4',
    'src/graph/people.ts',
    PEOPLE,
    "        if (error instanceof GraphFault) return { ok: false, why: 'look-up-failed' };\n",
    [' && error.status === 404) return { value: [] }', ') return { value: [] }'],
  ),
  ...lines('ID-3', 'src/core/roster/roster.ts', 'test/property/roster.test.ts', ' && person.personKey === personKey'),
  ...lines('ID-4', 'src/graph/reads.ts', 'test/contract/graph.test.ts', ["next = answer['@odata.nextLink'];", 'next = undefined;']),
  ...lines(
    'ID-5',
    'src/core/roster/roster.ts',
    'test/property/roster.test.ts',
    ['now < until ? until : undefined', 'undefined'],
    ['sameHuman(known.get(person.objectId), person)?.since', 'known.get(person.objectId)?.since'],
  ),
  ...lines('ID-5', 'src/app/door/requests.ts', PROOF, ["until ? no({ code: 'cooling-down', until }) : decision", 'decision']),
  ...lines(
    'ID-6',
    'src/bot/place.ts',
    PLACE,
    [' && channel === channelId', ''],
    ['team === teamId && ', ''],
    [' && ofChannel', ''],
    ['team === undefined && channel === undefined && ', ''],
  ),
  ...lines('ID-6', 'src/bot/messages.ts', 'test/contract/bot.test.ts', [" === 'elsewhere'", " === ('nowhere' as typeof where)"]),

  ...lines(
    'CM-1',
    'src/bot/grammar.ts',
    GRAMMAR,
    '!typed.quotes && ',
    ['/^[A-Za-z]+$/.test(first) ? ', 'first ? '],
    '!/[\\n\\r\\u0085\\u2028\\u2029\\0]/u.test(text) && ',
    ' && rest.length <= MAX_REST',
    ["  if (typed.text.length > MAX_TEXT) return { kind: 'unknown', typed: echo(typed.text) };\n", ''],
  ),
  ...lines('CM-2', 'src/bot/grammar.ts', GRAMMAR, ['word.length > MAX_NEAR ? undefined : ', '']),
  ...lines(
    'CM-3',
    'src/cards/text.ts',
    TEXT,
    "  if (typeof text !== 'string') throw new TypeError(`text for a card must be a string, not ${typeof text}`);\n",
    "\n    .replaceAll('${', '＄{')",
  ),
  ...lines('CM-4', 'src/cards/text.ts', TEXT, [
    '.replace(/[#$&*<>[\\\\\\]^_`{|}~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0))',
    '',
  ]),
  ...lines(
    'CM-5',
    'src/cards/text.ts',
    TEXT,
    "\n    .replace(UNSEEN, (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`)",
    '\n    .replace(MARKS, (_all, first: string, rest: string) => `${first}⟨${[...rest].length} marks⟩`)',
    ['cut(seen, most)', 'cut(seen, most * 1_000)'],
  ),
  ...lines('CM-6', 'src/cards/fit.ts', TEXT, ['shortened(fitting, most, which) as Json', 'fitting']),
  ...lines('CM-7', 'src/logging/jsonLog.ts', 'test/unit/jsonLog.test.ts', '.replace(UNSAFE, escaped)'),

  ...lines(
    'ST-1',
    'sandbox/graphTransport.ts',
    'test/unit/sandboxSafety.test.ts',
    '      if (url.origin !== graphOrigin) throw new Error(`the sandbox does not call ${url.origin}`);\n',
    "      if (target.hostname !== '127.0.0.1') throw new Error('the sandbox only calls loopback');\n",
  ),
  ...lines('ST-1', 'src/bot/outbound.ts', 'test/contract/bot.test.ts', [
    "banner === undefined ? rendered : withBanner(rendered, banner, 'quiet')",
    'rendered',
  ]),
  ...lines('ST-1', 'src/main.ts', 'test/unit/imports.test.ts', [
    " from './compose.ts';\n",
    " from './compose.ts';\nimport '../sandbox/world.ts';\n",
  ]),
  ...lines('ST-2', 'src/main.ts', 'test/unit/startup.test.ts', 'if (!parsed.ok) refuse(parsed.fault.message);\n'),
  ...lines('ST-2', 'src/config/settings.ts', 'test/unit/settings.test.ts', '...unknownNames(env, mode)'),
  ...lines('ST-3', 'src/config/settings.ts', 'test/unit/startup.test.ts', ['!builtIn.includes(origin)', 'false']),
  ...lines('ST-4', 'src/core/configuration.ts', 'test/unit/configuration.test.ts', '    if (old === fresh) return [];\n'),
  ...lines('ST-4', 'src/app/door/settings.ts', 'test/unit/configuration.test.ts', [
    "  await tx.owe([{ kind: 'intend', key: dedupe, at: now, intent: { kind: 'raise-alert', dedupe, cause } }]);\n  return ok({});\n}\n\n/** Every change of who",
    '  return ok({});\n}\n\n/** Every change of who',
  ]),
  ...lines('ST-5', 'package.json', 'test/unit/lockfile.test.ts', ['"jose": "', '"jose": "^']),
  ...lines('ST-6', 'src/http/server.ts', 'test/unit/imports.test.ts', [
    "import * as restify from 'restify';",
    "import 'botbuilder';\nimport * as restify from 'restify';",
  ]),
  ...lines('ST-7', 'src/http/server.ts', HTTP, ['async () => ({ status: 200 })', 'async () => ({ status: 200, body: process.versions })']),
  ...lines('ST-7', 'src/http/metrics.ts', 'test/unit/metrics.test.ts', [
    "token !== undefined && !isSame(request.headers.authorization ?? '', `Bearer ${token}`)",
    'token === undefined',
  ]),
  ...lines('ST-7', 'src/config/settings.ts', 'test/unit/settings.test.ts', ['!isLoopback(settings.metricsHost)', 'false']),
];

function one(promise: string, file: string, line: string, test: string): Removal {
  return { promise, file, line, test };
}
