// machiai-draw as the cloud starts it: a page in, a picture or one sentence out, within its bounds.
import { test } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = join(process.env.MACHIAI_BUILD, "ui/draw/machiai-draw");
const photo = fileURLToPath(new URL("photos/room.jpg", import.meta.url));
const page = { template: "closed", fields: { title: "休診のお知らせ", dates: "2026-12-29/2027-01-04" } };

function draw(input, ...options) {
    const text = typeof input === "string" ? input : JSON.stringify(input);
    return spawnSync(program, options, { input: text, maxBuffer: 64 << 20,
        env: { PATH: process.env.PATH, ASAN_OPTIONS: process.env.ASAN_OPTIONS ?? "" } });
}

function size(png) {
    assert.deepEqual([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

// Exit 2, nothing on standard output, one sentence that says what.
function refuses(result, words) {
    assert.equal(result.status, 2, result.stderr.toString());
    assert.equal(result.stdout.length, 0);
    assert.match(result.stderr.toString(), words);
    assert.equal(result.stderr.toString().trimEnd().split("\n").length, 1);
}

test("a page becomes a picture of the asked size, without a display", () => {
    const result = draw(page, "--clinic", "さくら台クリニック", "--width", "1080", "--height", "1920");
    assert.equal(result.status, 0, result.stderr.toString());
    assert.deepEqual(size(result.stdout), [1080, 1920]);
    assert.deepEqual(size(draw(page).stdout), [1280, 720]);
});

test("the same page gives the same bytes", () => {
    assert.ok(draw(page).stdout.equals(draw(page).stdout));
});

test("what is wrong with a page is one sentence that begins with the field", () => {
    refuses(draw({ ...page, fields: { ...page.fields, title: "長".repeat(20) } }),
        /^title: 6 letters too long \(20 of at most 14\)/);
    refuses(draw({ ...page, fields: { title: "休診" } }), /^dates: is required/);
    refuses(draw({ ...page, fields: { ...page.fields, dates: "2026-02-30" } }), /^dates: is no date/);
    refuses(draw({ template: "nonesuch" }), /no template nonesuch/);
    refuses(draw("{"), /no JSON object/);
    refuses(draw(""), /no JSON object/);
    refuses(draw("x".repeat(3000)), /at most 2048/);
});

test("bad options are refused with a sentence", () => {
    refuses(draw(page, "--width", "100000"), /--width is no number from 240 to 3840/);
    refuses(draw(page, "--width", "1e"), /--width/);
    refuses(draw(page, "--colour", "red"), /unknown/);
    refuses(draw(page, "stray"), /stray/);
    refuses(draw(page, "--width", "3840", "--height", "3840"), /too large/);
    refuses(draw("", "--page", "/nonexistent"), /nonexistent/);
});

test("without its templates it is the machine's fault, not the page's", () => {
    assert.equal(draw(page, "--template-dir", "/nonexistent").status, 1);
});

test("--check draws nothing", () => {
    const result = draw(page, "--check");
    assert.equal(result.status, 0);
    assert.equal(result.stdout.length, 0);
});

test("photographs come from the folder by their SHA-256", () => {
    const folder = mkdtempSync(join(tmpdir(), "draw-"));
    try {
        const name = createHash("sha256").update(readFileSync(photo)).digest("hex");
        const with_photo = { template: "photo", fields: { title: "健康教室" }, photos: { photo: name } };
        refuses(draw(with_photo, "--photos", folder), /^photo: the photo is not there/);
        refuses(draw(with_photo), /^photo: the photo is not there/);
        copyFileSync(photo, join(folder, name));
        const drawn = draw(with_photo, "--photos", folder);
        assert.equal(drawn.status, 0, drawn.stderr.toString());
        assert.ok(!drawn.stdout.equals(draw({ ...with_photo, photos: {} }).stdout));
        truncateSync(join(folder, name), 9000);
        refuses(draw(with_photo, "--photos", folder), /^photo: the photo is no JPEG or PNG, or is damaged/);
        writeFileSync(join(folder, name), Buffer.alloc(9 << 20));
        refuses(draw(with_photo, "--photos", folder), /^photo: /);
    } finally {
        rmSync(folder, { recursive: true });
    }
});
