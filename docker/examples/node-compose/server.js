// PUT /name keeps a file in the directory $UPLOADS; GET / tells who is answering.
const fs = require("fs");
const http = require("http");
const path = require("path");

http.createServer((request, response) => {
  if (request.method === "GET") {
    const umask = process.umask().toString(8).padStart(4, "0");
    response.end(JSON.stringify({ pid: process.pid, uid: process.getuid(), gid: process.getgid(), umask }) + "\n");
    return;
  }
  const file = path.join(process.env.UPLOADS, path.basename(request.url));
  request.pipe(fs.createWriteStream(file)).on("finish", () => response.end("kept\n"));
}).listen(3000);

process.on("SIGTERM", () => process.exit(0));
