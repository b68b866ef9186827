import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64Decode, hex, hexDecode, utf8, type Bytes } from '../../src/lib/verify/bytes.ts';
import { Frontier, inclusionHolds } from '../../src/lib/verify/merkle.ts';
import { sha256 } from '../../src/lib/verify/hash.ts';
import { hashLeaves, inclusionProof, treeRoot } from '../support/merkle-prover.ts';

// The reference leaves and roots of the RFC 6962 test suite.
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const INCLUSION_5_OF_8 =
  'vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms= yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA= 037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=';
// Leaf i is the decimal text of i.
const BIG: [size: number, root: string][] = [
  [1, 'db3426e878068d28d269b6c87172322ce5372b65756d0789001d34835f601c03'],
  [255, '32f85bcaa87d7bcd05728f09e9aeba350ba6a2f733830087f0597682848be5cb'],
  [256, '828515d033c19d8c901f37eccb8aed919667703486f8d2fff1cf7040321c5db1'],
  [257, '1eda049a4351d86f76252bd7ec0b7746ad75b7fa0316ad5f541dbda458a312c4'],
  [511, '5f3d69e102370be409122d11a2e605e6b653b071b8b4b4bd2833fae40652f11d'],
  [512, 'd4b2162495ca609dc06390d353ca0c55107765c609e0226eb747d89105dc8d55'],
  [65535, '74f13a0e1a75689372efb990cf68c664e44c763d9304844955b2eaff624e8df1'],
  [65536, 'f025d06ed804859fd274a1bdacadd6e48ea87634aa91e1edb20143f9498cd02b'],
  [65537, 'dc8795a25fd4bd52a0b84f639fd3139ba160824023d188e428eb5db0f3ce221a'],
  [70000, '1a4cdfcb66374a0c0dcbef49acbd4976d13ee864fb3cb241fc943cad04f02f7e'],
];

const leaves = hashLeaves(LEAVES.map((leaf) => hexDecode(leaf) ?? new Uint8Array()));
const root = (size: number): Bytes => hexDecode(ROOTS[size] ?? '') ?? new Uint8Array();
const hashes = (text: string): Bytes[] =>
  text.split(' ').map((hash) => base64Decode(hash) ?? new Uint8Array());

describe('published trees', () => {
  it.each(ROOTS.map((expected, size) => [size, expected] as const))('root of %i', (size, expected) => {
    const frontier = new Frontier();
    leaves.slice(0, size).forEach((leaf) => frontier.append(leaf));
    expect(hex(frontier.root())).toBe(expected);
    expect(hex(treeRoot(leaves.slice(0, size)))).toBe(expected);
  });

  it('inclusion of 5 in 8', () => {
    const leaf = leaves[5] ?? new Uint8Array();
    expect(inclusionHolds(leaf, 5n, 8n, hashes(INCLUSION_5_OF_8), root(8))).toBe(true);
  });

  it('roots of trees of up to 70,000 leaves', () => {
    const frontier = new Frontier();
    const expected = new Map(BIG);
    for (let i = 0; i < 70_000; i += 1) {
      const [leaf] = hashLeaves([utf8(String(i))]);
      if (leaf) frontier.append(leaf);
      const known = expected.get(i + 1);
      if (known !== undefined) expect(hex(frontier.root())).toBe(known);
    }
  });
});

describe('every small tree', () => {
  const many = hashLeaves(Array.from({ length: 48 }, (_, i) => utf8(`leaf ${i}`)));

  it('proves each leaf, and no other leaf, index, size or proof', () => {
    for (let n = 1; n <= many.length; n += 1) {
      const tree = many.slice(0, n);
      const top = treeRoot(tree);
      for (const [i, leaf] of tree.entries()) {
        const proof = inclusionProof(tree, i);
        const size = BigInt(n);
        expect(inclusionHolds(leaf, BigInt(i), size, proof, top)).toBe(true);
        expect(inclusionHolds(leaf, BigInt(i + 1), size, proof, top)).toBe(false);
        expect(inclusionHolds(sha256(leaf), BigInt(i), size, proof, top)).toBe(false);
        expect(inclusionHolds(leaf, BigInt(i), size, [...proof, leaf], top)).toBe(false);
        if (proof.length > 0) {
          expect(inclusionHolds(leaf, BigInt(i), size, proof.slice(1), top)).toBe(false);
        }
      }
    }
  });

  it('junk is refused and never throws', () => {
    const hash = fc.uint8Array({ minLength: 0, maxLength: 40 });
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), fc.array(hash, { maxLength: 70 }), hash, (a, b, p, h) => {
        expect(inclusionHolds(h, a, b, p, sha256(h))).toBe(false);
      }),
    );
  });
});
