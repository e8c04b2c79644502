/** An id as the directory writes it, in lower case. What is none was written by somebody and is not repeated as one. */
export const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
