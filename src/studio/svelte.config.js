/** Styles of parts become one file: nothing is written into the page, which its policy would refuse. */
export default { compilerOptions: { runes: true } };
