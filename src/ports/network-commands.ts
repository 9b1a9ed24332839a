/** What the API sets going when somebody changes who may reach whom. */
export interface NetworkCommands {
  /** What connectors reach is as the store says once this returns. Throws EngineUnavailable. */
  applyEgress(): Promise<void>;
  /** Internal names and connections are looked at anew; nobody waits for it. */
  refreshNames(): void;
}
