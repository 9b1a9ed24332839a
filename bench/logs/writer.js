// Runs in a container: prints lines of about 150 characters at a rate for some seconds, and ends.
const [, , rateText, secondsText] = process.argv;
const TICK_MS = 10;
const perTick = Number(rateText) / (1000 / TICK_MS);
const total = Number(rateText) * Number(secondsText);
let said = 0;
let seed = 1;

function random() {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff;
  return seed;
}

function line() {
  const id = random().toString(16).padStart(8, "0") + random().toString(16).padStart(8, "0");
  const words = `level=info msg="request served" id=${id} path=/api/orders/${random() % 10000} status=${random() % 50 ? 200 : 500} ms=${random() % 300} user=u${random() % 50000} n=${said}`;
  return words.padEnd(149, " agent=curl");
}

const began = Date.now();
const timer = setInterval(() => {
  const due = Math.min(total, Math.ceil(((Date.now() - began) / TICK_MS) * perTick));
  let text = "";
  for (; said < due; said++) text += `${line()}\n`;
  if (text !== "") process.stdout.write(text);
  if (said >= total) clearInterval(timer);
}, TICK_MS);
