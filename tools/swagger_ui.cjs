// Opens Swagger UI in a real browser, sends a ready-made example with "Try it out" and reads the verdict.
// Usage: node swagger_ui.cjs http://127.0.0.1:8080
const { chromium } = require("playwright-core");

const base = process.argv[2];

async function main() {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-quic"],
  });
  const page = await browser.newPage();
  const strangers = [];
  const complaints = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !request.url().startsWith("data:") && !request.url().startsWith("blob:")) {
      strangers.push(request.url());
    }
  });
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`${base}/docs`, { waitUntil: "networkidle" });
  const operation = page.locator(".opblock-post", { hasText: "/v1/screenings" }).first();
  await operation.locator(".opblock-summary-control").first().click();
  await operation.getByRole("button", { name: "Try it out" }).click();
  await operation.getByRole("button", { name: "Execute" }).click();
  const status = operation.locator(".live-responses-table tbody .response-col_status").first();
  await status.waitFor({ timeout: 20000 });
  const code = (await status.innerText()).trim();
  const body = await operation.locator(".live-responses-table").first().innerText();
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT, fullPage: false });
  await browser.close();
  const faults = [];
  if (!code.startsWith("200")) faults.push(`the example got ${code}`);
  if (!/"verdict":\s*"(allow|caution|deny)"/.test(body)) faults.push("no verdict is shown");
  if (strangers.length) faults.push(`requests to others: ${strangers.join(", ")}`);
  if (complaints.length) faults.push(`the console complains: ${complaints.join("; ")}`);
  if (faults.length) {
    console.error(faults.join("\n"));
    process.exit(1);
  }
  console.log("Swagger UI: the example was sent and got a verdict; no outside request, no console error");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
