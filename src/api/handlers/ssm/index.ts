/** Operation → handler, of Parameter Store. */
import type { Handlers } from "../../handler.ts";
import { addTagsToParameter } from "./add-tags-to-parameter.ts";
import { deleteParameter } from "./delete-parameter.ts";
import { deleteParameters } from "./delete-parameters.ts";
import { describeParameters } from "./describe-parameters.ts";
import { getParameter } from "./get-parameter.ts";
import { getParameterHistory } from "./get-parameter-history.ts";
import { getParameters } from "./get-parameters.ts";
import { getParametersByPath } from "./get-parameters-by-path.ts";
import { listTagsOfParameter } from "./list-tags-of-parameter.ts";
import { putParameter } from "./put-parameter.ts";
import { removeTagsFromParameter } from "./remove-tags-from-parameter.ts";

export const parameterStoreHandlers = {
  "AmazonSSM.AddTagsToResource": addTagsToParameter,
  "AmazonSSM.DeleteParameter": deleteParameter,
  "AmazonSSM.DeleteParameters": deleteParameters,
  "AmazonSSM.DescribeParameters": describeParameters,
  "AmazonSSM.GetParameter": getParameter,
  "AmazonSSM.GetParameterHistory": getParameterHistory,
  "AmazonSSM.GetParameters": getParameters,
  "AmazonSSM.GetParametersByPath": getParametersByPath,
  "AmazonSSM.ListTagsForResource": listTagsOfParameter,
  "AmazonSSM.PutParameter": putParameter,
  "AmazonSSM.RemoveTagsFromResource": removeTagsFromParameter,
} satisfies Partial<Handlers>;
