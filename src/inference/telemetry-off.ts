/**
 * ONNX Runtime's library (1.30) sends usage data to its maker and leaves log files in the temporary folder, unless this
 * variable is set before it is loaded. The main thread has to set it: another one changes only a copy of the environment.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
