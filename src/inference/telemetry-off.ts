/**
 * ONNX Runtime's library (1.30) sends usage data to its maker and leaves log files in the temporary folder, unless this
 * variable is set before it is loaded. Import this module before `onnxruntime-node`.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
