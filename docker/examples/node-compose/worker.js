// Keeps the SHA-256 of each file of the directory $UPLOADS in /srv/cache.
const crypto = require("crypto");
const fs = require("fs");
const path = require("path");

function work() {
  for (const entry of fs.readdirSync(process.env.UPLOADS, { withFileTypes: true })) {
    const sum = path.join("/srv/cache", entry.name + ".sha256");
    if (!entry.isFile() || fs.existsSync(sum)) continue;
    const data = fs.readFileSync(path.join(process.env.UPLOADS, entry.name));
    fs.writeFileSync(sum, crypto.createHash("sha256").update(data).digest("hex") + "\n");
  }
}

setInterval(work, 200);
process.on("SIGTERM", () => process.exit(0));
