/** How much of a repository is accepted. */
export interface SourceLimits {
  /** Of one fetch. */
  readonly packBytes: number;
  /** Of all files of a checkout, submodules and LFS included. */
  readonly treeBytes: number;
  readonly files: number;
  readonly submodules: number;
  readonly submoduleDepth: number;
  /** Of a whole checkout. */
  readonly timeMs: number;
  /** Of asking for a branch's head. */
  readonly headTimeMs: number;
}

export const DEFAULT_LIMITS: SourceLimits = {
  packBytes: 1024 ** 3,
  treeBytes: 1024 ** 3,
  files: 200_000,
  submodules: 50,
  submoduleDepth: 5,
  timeMs: 300_000,
  headTimeMs: 30_000,
};
