/** What the API sets going when somebody changes who may reach whom. */
export interface NetworkCommands {
  /** What connectors reach is as the store says once this returns. Throws EngineUnavailable. */
  applyEgress(): Promise<void>;
  /** A connection that publishes a private service came, changed or went: names are set anew; nobody waits for it. */
  ingressChanged(): void;
}
