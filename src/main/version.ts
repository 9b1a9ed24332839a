/** The version people see; kept equal to package.json by a test. */
export const VERSION = "0.1.0";
