/** What the server is doing, as the extension shows it. */

import type { Program } from "./program";

export type State =
  | { readonly kind: "disabled" }
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly program: Program }
  | { readonly kind: "crashed"; readonly wait: number }
  | { readonly kind: "failed"; readonly reason: string };
