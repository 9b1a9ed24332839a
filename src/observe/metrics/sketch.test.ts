import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { RELATIVE_ERROR, Sketch } from "./sketch.ts";

/** Milliseconds, bytes, percentages: whole, in hundredths, and any. */
const value = fc.oneof(
  fc.integer({ min: 0, max: 1_000_000_000 }),
  fc.integer({ min: 0, max: 1_000_000 }).map((hundredths) => hundredths / 100),
  fc.double({ min: 0, max: 1e12, noNaN: true }),
);
const values = fc.array(value, { minLength: 1, maxLength: 200 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
/** Of the arithmetic, beside that of the sketch. */
const ROUNDING = 1e-9;

function bytesOf(sketch: Sketch): Buffer {
  const writer = new ByteWriter();
  sketch.writeTo(writer);
  return writer.finish();
}

describe("a sketch", () => {
  it("knows every quantile to a hundredth, and number, sum, least and greatest exactly", () => {
    fc.assert(
      fc.property(values, share, (given, wanted) => {
        const sketch = Sketch.of(...given);
        const ordered = given.toSorted((one, other) => one - other);
        const rank = Math.max(1, Math.ceil(wanted * ordered.length * (1 - ROUNDING)));
        const right = ordered[rank - 1] ?? 0;
        const error = Math.abs(sketch.quantile(wanted) - right);
        expect(error).toBeLessThanOrEqual(right * (RELATIVE_ERROR + ROUNDING) + 1e-6);
        expect(sketch.count).toBe(given.length);
        expect(sketch.sum).toBe(given.reduce((sum, one) => sum + one, 0));
        expect(sketch.minimum).toBe(ordered[0]);
        expect(sketch.maximum).toBe(ordered.at(-1));
      }),
    );
  });

  it("takes the nearest rank: of few values a high quantile is the greatest, and half of two the lesser", () => {
    const nine = Sketch.of(1, 2, 3, 4, 5, 6, 7, 8, 9_000);
    expect([0, 0.9, 0.99, 1].map((wanted) => nine.quantile(wanted))).toEqual([1, 9_000, 9_000, 9_000]);
    expect(Sketch.of(10, 20).quantile(0.5)).toBe(10);
    const hundred = Sketch.of(...Array.from({ length: 100 }, (_, index) => index + 1));
    expect(hundred.quantile(0.99)).toBeCloseTo(99, -0.5);
    expect(hundred.quantile(0.07) / 7).toBeCloseTo(1, 1.5);
  });

  it("has at least the share asked for up to a quantile, and what is above lies beyond it", () => {
    fc.assert(
      fc.property(values, share, (given, wanted) => {
        const sketch = Sketch.of(...given);
        const border = sketch.quantile(wanted);
        const upTo = sketch.shareBetween(0, border * (1 + 2 * RELATIVE_ERROR) + 1e-6);
        expect(upTo).toBeGreaterThanOrEqual(wanted - 1e-6);
        const above = sketch.between(wanted, 1);
        const least = border * (1 - 2 * RELATIVE_ERROR) * above.count;
        expect(above.sum * (1 + ROUNDING) + 1e-6).toBeGreaterThanOrEqual(least);
      }),
    );
  });

  it("merged from parts is what one would be that had seen all", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 1e9 })), { maxLength: 5 }),
        share,
        (parts, wanted) => {
          const merged = new Sketch();
          for (const part of parts) merged.merge(Sketch.of(...part));
          const whole = Sketch.of(...parts.flat());
          expect(bytesOf(merged)).toEqual(bytesOf(whole));
          expect(merged.quantile(wanted)).toBe(whole.quantile(wanted));
        },
      ),
    );
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(fc.array(value), share, (given, wanted) => {
        const sketch = Sketch.of(...given);
        const reader = new ByteReader(bytesOf(sketch));
        const read = Sketch.readFrom(reader);
        expect(reader.isAtEnd).toBe(true);
        expect([read.count, read.sum, read.minimum, read.maximum]).toEqual([
          sketch.count,
          sketch.sum,
          sketch.minimum,
          sketch.maximum,
        ]);
        expect(read.quantile(wanted)).toBe(sketch.quantile(wanted));
        expect(bytesOf(read)).toEqual(bytesOf(sketch));
      }),
    );
  });

  it("counts a value as often as it stands for", () => {
    const weighted = new Sketch();
    weighted.add(10, 99);
    weighted.add(1000);
    expect(weighted.count).toBe(100);
    expect(weighted.sum).toBe(1990);
    expect(weighted.quantile(0.5)).toBeCloseTo(10, 0);
    expect(weighted.shareBetween(0, 100)).toBe(0.99);
  });

  it("tells the part between two quantiles, with half a value where the border is", () => {
    const sketch = Sketch.of(100, 200, 300, 400);
    expect(sketch.between(0, 1)).toEqual({ count: 4, sum: 1000 });
    const { count, sum } = sketch.between(0.25, 0.625);
    expect(count).toBe(1.5);
    expect(sum / 350).toBeCloseTo(1, 1);
    expect(sketch.shareBetween(150, 350)).toBe(0.5);
    expect(sketch.shareBetween(100, 400)).toBe(1);
  });

  it("needs three bytes for the values of a resting service, and few hundred for a thousand latencies", () => {
    expect(bytesOf(Sketch.of(1)).length).toBeLessThanOrEqual(2);
    expect(bytesOf(Sketch.of(12.34)).length).toBeLessThanOrEqual(3);
    const latencies = Sketch.of(...Array.from({ length: 1000 }, (_, index) => 5 + (index % 37) + 0.25));
    expect(bytesOf(latencies).length).toBeLessThan(300);
  });

  it("refuses what is no value, and bytes that end too early", () => {
    expect(() => new Sketch().add(-1)).toThrow(RangeError);
    expect(() => new Sketch().add(Number.NaN)).toThrow(RangeError);
    expect(() => new Sketch().add(1, 0)).toThrow(RangeError);
    const torn = bytesOf(Sketch.of(1, 2, 3)).subarray(0, -1);
    expect(() => Sketch.readFrom(new ByteReader(torn))).toThrow(RangeError);
  });

  it("takes what is beyond all measure as the greatest that it knows", () => {
    const sketch = Sketch.of(1e300, 1e-300);
    expect(sketch.maximum).toBe(1e300);
    expect(sketch.quantile(0)).toBe(1e-300);
    expect(Sketch.readFrom(new ByteReader(bytesOf(sketch))).maximum).toBe(1e300);
  });
});
