/** Under which name the store knows the installation's id: where it is there, Slipway was started before. */
export const INSTALLATION_ID = "installation-id";
