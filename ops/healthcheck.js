// The container's health check: is the process alive? Readiness is for balancers (/health/ready): a database that is
// away must not get this process restarted.
const url = `http://127.0.0.1:${process.env.PORT ?? 3000}/health/live`;
try {
  const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(4_000) });
  if (!ok) throw new Error(`status ${status}`);
} catch (error) {
  console.error(`${url}: ${error.message}`);
  process.exitCode = 1;
}
