import { type Life, live } from './accountLife.ts';
import { type BadDay, badTenant } from './faultLives.ts';
import { wrongInTenant } from './tenantOracle.ts';

export interface FaultRun {
  readonly lives: readonly Life[];
  /** What was wrong, by account. */
  readonly wrong: readonly string[];
  readonly calls: number;
  readonly seconds: number;
}

/** Lets so many accounts live on a bad day, some of them at a time, and looks at each when the day is over. */
export async function faultRun(lives: number, atOnce: number, day: BadDay): Promise<FaultRun> {
  const tenant = await badTenant(day);
  const started = performance.now();
  try {
    await tenant.begin();
    const numbers = Array.from({ length: lives }, (_, index) => index + 1);
    const lived: Life[] = [];
    const work = async (): Promise<void> => {
      for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) lived.push(await live(number, tenant));
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    const calls = tenant.calls.count;
    await tenant.end();
    const writes = await tenant.writes();
    const wrong: string[] = [];
    for (const life of lived) {
      const found = [...life.wrong, ...(await wrongInTenant(life, tenant, writes))];
      wrong.push(...found.map((text) => `${life.userPrincipalName}: ${text}`));
    }
    return { lives: lived, wrong, calls, seconds: (performance.now() - started) / 1000 };
  } finally {
    await tenant.close();
  }
}
