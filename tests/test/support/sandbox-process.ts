import { MexcSandbox, ScriptedBackend } from '@prate/mexc-sandbox';

/** A process of its own with a sandbox in it: prints its addresses as one line of JSON, and ends by SIGINT alone. */
const credentials = { apiKey: 'key', secretKey: 'secret' };
const backend = new ScriptedBackend({ accounts: { [credentials.apiKey]: { USDT: 1000 } } });
const sandbox = await MexcSandbox.start({ backend, accounts: [credentials] });
sandbox.faults.http({ route: 'GET /api/v1/contract/ticker', fault: { kind: 'hang' } });
sandbox.faults.http({ route: 'GET /api/v1/contract/detail', fault: { kind: 'delay', ms: 3_600_000 } });
process.on('SIGINT', () => void sandbox.close());
console.log(JSON.stringify({ rest: sandbox.restUrl, ws: sandbox.wsUrl }));
