/** Of a column of facts among which are ARNs and addresses: on a phone, where two do not fit, each fact has a line of its own. */
export const FACT_MIN_PX = 170;
